/** Next's own image optimiser would fetch from the hosts of all pictures; a plain image needs no list of them. */
export function Picture({ picture, isUrgent }: { picture: { url: string; alt: string } | null; isUrgent: boolean }) {
  if (!picture) return <div className="picture" />
  return (
    <img
      className="picture"
      src={picture.url}
      alt={picture.alt}
      width={600}
      height={600}
      loading={isUrgent ? "eager" : "lazy"}
    />
  )
}
