import { useStores } from "@directus/extensions-sdk"

interface CollectionsStore {
  getCollection(name: string): { name?: string } | null
}
interface FieldsStore {
  getField(collection: string, field: string): { name?: string } | null
}

export interface Names {
  collection(name: string): string
  /** As the form calls it. */
  field(collection: string, name: string): string
}

/** What the Studio calls collections and fields in the language of the user. */
export function useNames(): Names {
  const { useCollectionsStore, useFieldsStore } = useStores() as {
    useCollectionsStore: () => CollectionsStore
    useFieldsStore: () => FieldsStore
  }
  const [collections, fields] = [useCollectionsStore(), useFieldsStore()]
  return {
    collection: (name) => collections.getCollection(name)?.name ?? name,
    field: (collection, name) => fields.getField(collection, name)?.name ?? name,
  }
}
