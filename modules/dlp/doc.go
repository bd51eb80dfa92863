// Package dlp measures what its detectors find on labelled data. It is no module yet: nothing in the pipeline uses it.
package dlp
