// Tells the first start in which time zone its owner sits; without it the form says nothing and the zone is UTC.
for (const field of document.querySelectorAll("[data-time-zone]")) {
  field.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
}
