import { catalogueIsThere, descriptionArrives, titleArrives } from "./edits.ts"
import { conflictIsKept, outageIsBridged } from "./faults.ts"
import { deleteArchives, productAppears } from "./lifecycle.ts"
import { partsComeBack, wholeProductArrives } from "./parts.ts"
import { storyIsOnThePage } from "./storefront.ts"
import type { TourStep } from "./tour.ts"
import { translationGoesOverAndBack } from "./translations.ts"

/** The tour, in the order in which it is shown. */
export const steps: TourStep[] = [
  catalogueIsThere,
  titleArrives,
  descriptionArrives,
  wholeProductArrives,
  partsComeBack,
  translationGoesOverAndBack,
  storyIsOnThePage,
  productAppears,
  conflictIsKept,
  outageIsBridged,
  deleteArchives,
]
