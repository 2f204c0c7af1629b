/** What an editor has written about a product of the demo catalogue, in one language. */
export type Story = {
  title: string
  description: string
  story: string
  seo_title: string
  seo_description: string
  /** What the cover shows, for those who do not see it. */
  cover_alt: string
}

/** English texts come without title and description: those are Medusa's own. */
export type Written = { en: Omit<Story, "title" | "description">; de: Story }

export const stories: Record<string, Written> = {
  "t-shirt": {
    en: {
      cover_alt: "A green T-shirt on a sand-coloured ground",
      story:
        "It began with a shirt that was worn to every market for eleven summers. We took its seams apart, measured each piece and found out why it had lasted: a tight collar, side seams that cannot twist, and cotton that is combed before it is spun.\n\nThe new one is made the same way, in a family mill near Porto. Wash it at thirty degrees, and give it a few years.",
      seo_title: "The T-shirt that lasts eleven summers",
      seo_description:
        "Combed cotton, a tight collar and seams that do not twist: a T-shirt from a family mill near Porto.",
    },
    de: {
      cover_alt: "Ein grünes T-Shirt auf sandfarbenem Grund",
      title: "Medusa T-Shirt",
      description: "Das klassische T-Shirt, neu gedacht: aus Baumwolle, für jeden Tag und alles andere als gewöhnlich.",
      story:
        "Am Anfang stand ein Hemd, das elf Sommer lang auf jedem Markt getragen wurde. Wir haben die Nähte aufgetrennt, jedes Stück vermessen und gesehen, warum es so lange hielt: ein enger Kragen, Seitennähte, die sich nicht verdrehen, und Baumwolle, die vor dem Spinnen gekämmt wird.\n\nDas neue entsteht genauso, in einer Weberei bei Porto, die einer Familie gehört. Bei dreißig Grad waschen und ihm ein paar Jahre geben.",
      seo_title: "Das T-Shirt für elf Sommer",
      seo_description: "Gekämmte Baumwolle, enger Kragen, gerade Nähte: ein T-Shirt aus einer Weberei bei Porto.",
    },
  },
  sweatshirt: {
    en: {
      cover_alt: "A rust-coloured sweatshirt on a pale blue ground",
      story:
        "For the hour after swimming, when the sun is gone and nobody wants to leave. The inside is brushed twice, the cuffs are long enough to hide your hands in.",
      seo_title: "A sweatshirt for the hour after swimming",
      seo_description: "Brushed twice on the inside, with cuffs to hide your hands in.",
    },
    de: {
      cover_alt: "Ein rostrotes Sweatshirt auf hellblauem Grund",
      title: "Medusa Sweatshirt",
      description: "Das klassische Sweatshirt, neu gedacht: aus Baumwolle und alles andere als gewöhnlich.",
      story:
        "Für die Stunde nach dem Schwimmen, wenn die Sonne weg ist und niemand gehen will. Innen zweimal angeraut, die Bündchen lang genug für kalte Hände.",
      seo_title: "Ein Sweatshirt für die Stunde nach dem Schwimmen",
      seo_description: "Innen zweimal angeraut, mit langen Bündchen für kalte Hände.",
    },
  },
  sweatpants: {
    en: {
      cover_alt: "Grey sweatpants on a rose-coloured ground",
      story: "Made for the way from the sofa to the bakery and back. The pockets hold a phone, a key and two rolls.",
      seo_title: "Sweatpants with pockets for two rolls",
      seo_description: "Soft cotton for the way from the sofa to the bakery and back.",
    },
    de: {
      cover_alt: "Eine graue Jogginghose auf rosafarbenem Grund",
      title: "Medusa Jogginghose",
      description: "Die klassische Jogginghose, neu gedacht: aus Baumwolle und alles andere als gewöhnlich.",
      story:
        "Gemacht für den Weg vom Sofa zum Bäcker und zurück. In die Taschen passen ein Telefon, ein Schlüssel und zwei Brötchen.",
      seo_title: "Jogginghose mit Platz für zwei Brötchen",
      seo_description: "Weiche Baumwolle für den Weg vom Sofa zum Bäcker und zurück.",
    },
  },
  shorts: {
    en: {
      cover_alt: "Blue shorts on a pale yellow ground",
      story: "Cut a hand above the knee, with a waistband that forgives a long lunch. They dry on the way home.",
      seo_title: "Shorts that dry on the way home",
      seo_description: "A hand above the knee, with a waistband that forgives a long lunch.",
    },
    de: {
      cover_alt: "Blaue Shorts auf hellgelbem Grund",
      title: "Medusa Shorts",
      description: "Die klassischen Shorts, neu gedacht: aus Baumwolle und alles andere als gewöhnlich.",
      story:
        "Eine Handbreit über dem Knie, mit einem Bund, der ein langes Mittagessen verzeiht. Auf dem Heimweg sind sie wieder trocken.",
      seo_title: "Shorts, die auf dem Heimweg trocknen",
      seo_description: "Eine Handbreit über dem Knie, mit einem Bund, der ein langes Mittagessen verzeiht.",
    },
  },
}
