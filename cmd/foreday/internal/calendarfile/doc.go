// Package calendarfile reads exported calendars: from files, from the addresses at which
// they are published, and from stdin. [Read] returns them; [Load] gives them to a user of
// the stand-in for Google Calendar, from which everything else reads them as it reads
// Google's, and [ReportEmptyDay] says where there is something if a day holds nothing.
package calendarfile
