"""How often each hard case occurs in the sample project, one constant and one sentence each.

The fill rates of the tape are near those that studies of purchased debt report; everything else is this project's own
choice, made so that each difficulty is frequent enough to be seen among 5,000 accounts. Shares are probabilities.
"""

from __future__ import annotations

from typing import Final

# People and households
ADULTS_PER_DEBTOR: Final = 4.6  # Adults in the population for each debtor, so that sources hold many who owe nothing.
EXTRA_ACCOUNTS: Final = 0.08  # Consumers who owe more than one account.
HOUSEHOLD_SIZES: Final = (0.27, 0.33, 0.17, 0.13, 0.07, 0.03)  # Households of one to six members.
SPOUSE: Final = 0.80  # Second members who are the head's spouse; the others are housemates.
CHILD: Final = 0.82  # Further members who are the head's children; the others are the head's parents or housemates.
PARENT: Final = 0.50  # Further members, not children, who are a parent of the head.
OWN_SURNAME_SPOUSE: Final = 0.18  # Spouses who kept a surname of their own.
OWN_SURNAME_CHILD: Final = 0.08  # Children with the surname of another parent.
JUNIOR: Final = 0.12  # First sons who bear the father's full name.
TWIN: Final = 0.06  # Children born on the day of the child before them.
MIDDLE_NAME: Final = 0.72  # People with a middle name.
PREFERS_NICKNAME: Final = 0.18  # People, with a name that has one, who go by a nickname.
FORMER_SURNAME: Final = 0.30  # Women with another surname earlier, by marriage or by its end.
HYPHENATED: Final = 0.16  # Women with an earlier surname who now write both with a hyphen.
DECEASED: Final = 0.03  # Adults who died before as_of, more often the old.

# Addresses
YEARS_BETWEEN_MOVES: Final = 9.3  # Mean years between moves of a household (a third of debtors move after charge-off).
LEFT_HOME: Final = 0.26  # Members other than the head who left the household and moved alone.
YEARS_SINCE_LEAVING: Final = 4.5  # Mean years since they left.
SAME_ZIP_MOVE: Final = 0.22  # Moves within one ZIP code.
SAME_STATE_MOVE: Final = 0.52  # Other moves that stay within the state.
APARTMENT: Final = 0.26  # Homes in a building shared with strangers.
HOUSE_WITH_UNIT: Final = 0.05  # Other homes with a unit, such as a rear flat.
PO_BOX: Final = 0.025  # Addresses that are a post office box.

# Phones and e-mails
MOBILE: Final = 0.88  # Adults with a mobile number.
MOBILE_DEAD: Final = 0.07  # Current mobile numbers that are disconnected although no newer one is known.
FORMER_MOBILE: Final = 0.45  # Adults with an earlier mobile number.
FORMER_STATES: Final = (0.14, 0.54, 0.32)  # Earlier numbers still theirs, disconnected, reassigned to somebody else.
LANDLINE: Final = 0.40  # Households with a landline that all members share.
LANDLINE_DEAD: Final = 0.25  # Landlines that are disconnected.
VOIP: Final = 0.12  # Landlines that are in fact internet telephony.
NUMBER_KEPT: Final = 0.55  # Mobile numbers with the area code of an earlier home.
EMAIL: Final = 0.80  # Adults with an e-mail address.
FORMER_EMAIL: Final = 0.35  # Adults with an earlier e-mail address as well.
EMAIL_READ: Final = 0.78  # Current e-mail addresses that are read.
FORMER_EMAIL_READ: Final = 0.12  # Earlier e-mail addresses that are still read.
SHARED_EMAIL: Final = 0.03  # Members of a household who use its head's e-mail address.

# What a record gets wrong, at noise 1; each source scales these by its own noise
NICKNAME: Final = 0.06  # Records with a nickname of somebody who does not usually go by it.
NICKNAME_IF_PREFERRED: Final = 0.65  # Records with the nickname of somebody who goes by it.
FIRST_SLIP: Final = 0.014  # First names with a keyboard, reading, doubling, dropping or transposing slip.
LAST_SLIP: Final = 0.018  # Last names with such a slip.
INITIAL_ONLY: Final = 0.008  # First names cut to the initial.
NAMES_SWAPPED: Final = 0.004  # First and last name in each other's place.
ONE_OF_HYPHENATED: Final = 0.30  # Hyphenated names of which only one half is written.
SUFFIX_WRITTEN: Final = 0.45  # Juniors and seniors whose suffix is written.
MIDDLE_WRITTEN: Final = 0.45  # Middle names that are written, mostly as an initial.
STREET_SLIP: Final = 0.016  # Street names with a slip of letters.
NUMBER_SLIP: Final = 0.008  # House numbers with a wrong or swapped digit.
ZIP_SLIP: Final = 0.006  # ZIP codes with a wrong or swapped digit.
UNIT_LOST: Final = 0.15  # Units left out.
CITY_SLIP: Final = 0.008  # City names with a slip of letters.
DOB_SWAPPED: Final = 0.006  # Birth dates with day and month swapped, where that is a date.
DOB_SLIP: Final = 0.008  # Birth dates with a wrong day, month or year.
DOB_FIRST_OF_YEAR: Final = 0.004  # Birth dates set to 1 January because only the year was known.
SSN4_SLIP: Final = 0.008  # Last four digits with a wrong or swapped digit.
SSN4_OF_HOUSEHOLD: Final = 0.003  # Last four digits that are the head of household's.
PHONE_SLIP: Final = 0.010  # Phones with a wrong digit (only in the last two, so that the number stays fictional).
STALE: Final = 0.09  # Records that show the address before the one lived at on that day.
LATE_SURNAME_DAYS: Final = 700  # Days, at most, until a source learns of a new surname.

# The tape
YEARS_SINCE_CHARGE_OFF: Final = (0.5, 2.0, 1.6)  # Least age of a charge-off in years, then shape and scale of a gamma.
FULL_NAME_ROWS: Final = 0.25  # Rows with the name as "LAST, FIRST M" in one column.
TAPE_DOB: Final = 0.65  # Rows with a birth date.
TAPE_SSN4: Final = 0.60  # Rows with the last four digits.
TAPE_PHONE: Final = 0.74  # Rows on which the seller kept phones; less where the consumer had none: about 70 % have one.
TAPE_BOTH_PHONES: Final = 0.40  # Rows with a phone that have a home and a cell number.
TAPE_EMAIL: Final = 0.38  # Rows on which the seller kept an e-mail address.
TAPE_FORMER_NAME: Final = 0.15  # Rows of people with an earlier surname that give it.
PLACEHOLDER_PHONE: Final = 0.004  # Phones such as 000-000-0000.
UNREADABLE_DOB: Final = 0.004  # Rows with a birth date that is no date.
EMAIL_AS_PHONE: Final = 0.002  # Rows with the e-mail address in the phone column.
FLAG_ATTORNEY: Final = 0.015  # Rows marked as represented by an attorney.
FLAG_BANKRUPTCY: Final = 0.02  # Rows marked bankrupt.
FLAG_CEASE: Final = 0.01  # Rows with a written request to cease.
FLAG_DISPUTE: Final = 0.02  # Rows in dispute.
FLAG_DECEASED_OF_DEAD: Final = 0.12  # Dead debtors whom the tape marks.
FLAG_BLANK: Final = 0.01  # Flags left blank: nobody said yes or no.
SPANISH: Final = 0.06  # Rows that ask for Spanish.
EXACT_DUPLICATES: Final = 3  # Rows that occur twice, byte for byte.
CONFLICTING_PAIRS: Final = 2  # Account ids that occur on two rows that contradict each other.

# The sources
ABSENT_DEBTORS: Final = 0.27  # Debtors in no source at all: the right answer is not_found.
ABSENT_OTHERS: Final = 0.06  # Others in no source.
IN_HEADER: Final = 0.66  # Covered people in the credit header.
HEADER_FORMER_ADDRESS: Final = 0.55  # Earlier addresses of theirs that the header kept.
IN_UTILITY: Final = 0.40  # Covered people who hold a utility account.
IN_VOTER: Final = 0.45  # Covered people on the voter roll.
IN_CONTACT: Final = 0.50  # Covered people in the contact file.
SECOND_CONTACT: Final = 0.30  # Of these, with a second record.
HEADER_SSN4: Final = 0.70  # Header records with the last four digits.
HEADER_DOB: Final = 0.65  # Header records with a birth date.
VOTER_DOB: Final = 0.92  # Voter records with a birth date.
HEADER_PHONE: Final = 0.35  # Header records that may carry a phone.
UTILITY_PHONE: Final = 0.70  # Utility records that may carry a phone.
CONTACT_PHONE: Final = 0.92  # Contact records that may carry a phone.
CONTACT_EMAIL: Final = 0.60  # Contact records that may carry an e-mail address.
COPIED: Final = 0.05  # Records that repeat another record, errors and origin included.
DEATH_REPORTED: Final = 0.60  # Header records of the dead that give a date.
DEATH_MISDATED: Final = 0.05  # Reported deaths with a wrong date.
DEATH_OF_LIVING: Final = 0.0008  # Header records of the living that report a death, decades ago or after as_of.
SEEN_AFTER_DEATH: Final = 0.06  # Records of the dead dated after the death.
CONSENT_TEXT: Final = 0.30  # Contact records with a phone on which consent to text is recorded.
CONSENT_VOICE: Final = 0.20  # The same for voice calls.
CONSENT_EMAIL: Final = 0.35  # The same for e-mail, of records with an e-mail address.
CONSENT_REVOKED: Final = 0.12  # Recorded consents that were revoked.

# What happened since
FILES_AGE_DAYS: Final = 90  # Days before as_of on which the sources were compiled; attempts were made since.
WORKED: Final = 0.45  # Accounts with dispositions.
EVENTS_PER_ACCOUNT: Final = 3.2  # Mean attempts on a worked account.
REPEATED_EVENTS: Final = 0.004  # Disposition rows that were delivered twice.
EVENTS_OF_OTHERS: Final = 0.003  # Disposition rows of accounts that are not in the portfolio.
SUPPRESSED_EXTRA: Final = 0.006  # Further opt-outs, per account, that no disposition shows.
