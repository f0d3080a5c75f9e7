"""An archive of another system → a site: WordPress exports, folders of other static site generators."""
