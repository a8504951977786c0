"""Reports to hand over: one state of a review as HTML, Markdown or CycloneDX. Equal reviews give equal bytes."""
