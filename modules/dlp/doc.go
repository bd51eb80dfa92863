// Package dlp will keep confidential data from leaving: what its detectors find, its rules judge. So far it holds only
// the runner that measures the detectors on labelled data.
package dlp
