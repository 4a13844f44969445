"""Who may send back what: small verdicts, a file a sort, each yes, "a person looks" or no, with its reason. Pure.

Two tracks. The statutory right asks for no question, picture or approval, and nothing the house wants holds it up. The
house's own policy comes after it: where the law gives no right, what the house gives decides.
"""

from logistics.eligibility.deciding import decide
from logistics.eligibility.facts import Answer, LineFacts, ReturnFacts, Track, Verdict, Verdicts

__all__ = ["Answer", "LineFacts", "ReturnFacts", "Track", "Verdict", "Verdicts", "decide"]
