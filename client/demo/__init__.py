"""The living demo network: made up, but made as a real one is, by people who join, vouch, talk and work cases through the
host's ordinary doors. `python -m client.demo` builds it against a running server; `manage.py demo` starts both.

places    authorities, desks, border posts, shelters with their hours
people    who serves where
talk      what they wrote to each other
lives     the persons in the cases: names in many spellings, made up
casework  how far each case has come, and who must act next
build     puts it all together, several workers at once, and says how far it is"""
