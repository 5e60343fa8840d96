SELECT area, reports, ${vars.bare_name} AS bare_name
FROM (SELECT "Metropolitan Area" AS area, "# of Reports" AS reports FROM reports)
