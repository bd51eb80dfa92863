package calendar

import (
	"slices"
	"strings"
)

// foldersOf lists the calendars of one user among those that are there, as both stores of this package name
// them: the calendar named like the user is the default one and is there even before anything is in it;
// what lies below it belongs to the user too, and three names say what it is kept for:
//
//	jane@example.org               the default calendar
//	jane@example.org/tasks         tasks
//	jane@example.org/private       objects of CLASS:PRIVATE
//	jane@example.org/confidential  objects of CLASS:CONFIDENTIAL
//	jane@example.org/anything      a further calendar
func foldersOf(user string, names []string) []Folder {
	folders := []Folder{{Name: user, Default: true}}
	slices.Sort(names)
	for _, name := range names {
		below, ok := strings.CutPrefix(name, user+"/")
		if !ok || below == "" || strings.Contains(below, "/") {
			continue
		}
		f := Folder{Name: name}
		switch kind := strings.ToUpper(below); kind {
		case "TASKS":
			f.Tasks, f.Default = true, true
		case "PRIVATE", "CONFIDENTIAL":
			f.Class = kind
		}
		folders = append(folders, f)
	}
	return folders
}
