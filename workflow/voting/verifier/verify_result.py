"""Counts a published result (`result/1`) again: python verify_result.py FILE [--quick]; exit 1 where it does not hold.
Needs only Python 3.11; naive, so a large file takes long: --quick carries out just the last two budget increases.
"""
import hashlib
import json
import sys
from fractions import Fraction
from pathlib import Path


def same(where, given, counted):
    if given != counted:
        raise ValueError(f"{where}: the file says {given}, the count gives {counted}")

def canonical(content):
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

def sha(data):
    return hashlib.sha256(data if isinstance(data, bytes) else data.encode()).hexdigest()

def select(file, quick):  # Returns scores, candidates, those selected in order, and more of the outcome.
    p, method, budget, places = file["rules"]["parameters"], file["rules"]["method"], file["budget"], file["places"]
    rule, by_cost = p["rule"], p.get("utility", "cost") == "cost"
    options = {option["key"]: option for option in file["options"]}
    orders = {frozenset(tie["members"]): tie["order"] for tie in file["ties"]}
    longest = p.get("max_choices") or max((len(ballot["choice"]) for ballot in file["ballots"]), default=0)
    def weighed(by):
        for ballot in file["ballots"]:
            choice, first = ballot["choice"], {"fixed": longest, "length": len(ballot["choice"]) - 1}.get(by)
            if method == "points":
                worth = {key: n if by == "points" else min(n, 1) for key, n in choice.items()}
            else:
                worth = {key: 1 if first is None else first - place for place, key in enumerate(choice)}
            yield {key: weight for key, weight in worth.items() if weight > 0}, ballot.get("count", 1)
    def sums(by):
        return {key: sum(weights.get(key, 0) * n for weights, n in weighed(by)) for key in options}
    def cost(keys):
        return sum(options[key]["cost"] for key in keys)
    def excluded(key, by):
        group = options[key].get("exclusive_group")
        return group is not None and any(k != key and options[k].get("exclusive_group") == group for k in by)
    def fits(keys):
        return (rule == "places" or budget is None or cost(keys) <= budget) and (places is None or len(keys) <= places)
    def greedy(points, taken, skip):
        costs = {key: 0 if by_cost else cost([key]) for key in candidates if key not in taken}
        free = 0 if by_cost else 1 + sum(points.values())
        ratios = {key: Fraction(points[key], price) if price else free + points[key] for key, price in costs.items()}
        for ratio in sorted(set(ratios.values()), reverse=True):
            tied = [key for key in ratios if ratios[key] == ratio and not excluded(key, taken)]
            fit = [key for key in tied if fits([*taken, key])]
            if fits(taken + fit) and (skip or fit == tied) and not any(excluded(key, fit) for key in fit):
                taken = taken + fit
                continue
            for key in orders[frozenset(tied)] if fit and len(tied) > 1 else tied:
                if fits([*taken, key]) and not excluded(key, taken):
                    taken = [*taken, key]
                elif not skip and not excluded(key, taken):
                    return taken
        return taken
    def rate(key, who):  # What supporters pay for a unit of gain: the poor all they have, the others equal parts.
        rest, who = cost([key]), sorted(who, key=lambda voter: Fraction(voter[2]) / max(voter[0][key], 1))
        for place, (gains, n, balance) in enumerate(who):
            paid = Fraction(rest) / max(sum(others[key] * m for others, m, _ in who[place:]), 1)
            if paid * gains[key] <= balance:
                return paid
            rest -= balance * n
        return None
    def shares(run):
        each = Fraction(budget, max(sum(n for _, n in weighed("votes")), 1)) + run * p.get("step", 100)
        unit, bought = {key: cost([key]) if by_cost else 1 for key in candidates}, []
        voters = [[{key: w[key] * unit[key] for key in w if key in unit}, n, each] for w, n in weighed(gain)]
        while cost(bought) <= budget and len(bought) != places:
            left = [key for key in candidates if key not in bought and not excluded(key, bought)]
            rates = {key: paid for key in left if (paid := rate(key, [v for v in voters if key in v[0]])) is not None}
            if not rates:
                break
            tied = [key for key in rates if rates[key] == min(rates.values())]
            key = max((o for o in orders.values() if tied[0] in o and {*o} <= {*tied}), key=len, default=tied)[0]
            for voter in voters:
                voter[2] -= min(voter[2], rates[key] * voter[0].get(key, 0))
            bought.append(key)
        return bought
    def stops(bought):
        left = [key for key in candidates if gained[key] and key not in bought and not excluded(key, bought)]
        return len(bought) == places or not any("last" in rule or cost([*bought, key]) <= budget for key in left)

    scores = sums(p.get("weighing") or {"points": "points", "rank": "fixed"}.get(method, "votes"))
    gain = {"points": "points", "rank": "length"}.get(method, "votes") if p.get("utility") == "points" else "votes"
    gained, votes, mes, increases = sums(gain), sums("votes"), rule.startswith("equal-shares"), "add1" in rule
    candidates = [key for key, option in sorted(options.items()) if not option["withdrawn"] and scores[key] >= p.get(
        "threshold", 0) and (votes[key] or (option["cost"] and not p.get("needs_vote")))]
    if rule == "motion":
        return scores, [], *motion(file, *(scores.get(key, 0) for key in ("for", "against", "abstain")))
    first, before = file["outcome"]["increment"] if quick and increases else 0, None
    for run in range(first, first + 2 if quick else 20_000):
        taken = shares(run) if mes else greedy(scores, [], rule != "greedy-no-skip")
        exceeded = increases and cost(taken) > budget
        more = {"increment": run - exceeded, "feasible_before": exceeded} if increases else {}
        before, taken = taken, before if exceeded else taken
        if exceeded or not increases or stops(taken):
            break
    done = greedy(gained if mes else scores, taken, skip=True) if p.get("utilitarian") else taken
    joint = [key for tie in file["ties"] if tie["broken_by"] == "joint" for key in tie["order"] if key not in done]
    return scores, candidates, done + joint, more if not joint or fits(done + joint) else {"joint": "does not fit"}

def motion(file, F, A, B):
    e, p, V = file["electorate"], file["rules"]["parameters"], F + A + B
    S, P, R, sectors, q, m = e["seats"], e["present"], e["recused"], e.get("by_sector", {}), p["quorum"], p["majority"]
    counted = {"recused leave": (S - R, P), "recused stay in the base": (S, P)}
    base, present = counted.get(q["recusal"], (S, e["present_recused"]))
    need, casting = Fraction(q["share"]) * base, m["casting_vote"] and F == A and e.get("chair_voted_for", False)
    held = q["floor"] <= P and (present > need or (present == need and not q["strict"]))
    won = bool(F) and {"simple": F > A or casting, "absolute": F > V - F, "of the body": F > S - F,
                     "qualified": Fraction(m["share"]) * (F + A) <= F}[m["kind"]]
    parity = p["parity"] is None or all(100 * n <= p["parity"] * V for n in sectors.values())
    figures = {"S": S, "R": R, "P": P, "F": F, "A": A, "B": B, "V_s": sectors, "quorum": held, "majority": won}
    return ["for"] if held and won and parity else [], {"figures": {**figures, "parity": parity}}

def verify(data, quick):
    file = json.loads(data)
    same("digest", file["digest"], sha(canonical({name: file[name] for name in file if name != "digest"})))
    same("form", data, canonical(file))
    voted, cast = file["electorate"]["voted"], sum(ballot.get("count", 1) for ballot in file["ballots"])
    same("ticks", sum(voted.values()), cast + file["invalid"] + file["spoiled"] + file["missing"])
    numbers = sorted(ballot["number"] for ballot in file["ballots"] if "number" in ballot)
    same("numbers", numbers, sorted({*numbers}))
    p, draw, known = file["rules"]["parameters"], file["draw"], {option["key"] for option in file["options"]}
    most, total, of = p.get("max_choices") or len(known), p.get("points_total"), file.get("poll") or file.get("edition")
    for choice in (ballot["choice"] for ballot in file["ballots"]):
        legal = known.issuperset(choice) and len({*choice}) == len(choice) <= most
        if not legal or (total is not None and isinstance(choice, dict) and sum(choice.values()) > total):
            raise ValueError(f"the choice {choice} is not legal")
    for order in (tie["order"] for tie in file["ties"] if tie["broken_by"] == "draw"):
        same("tie", order, sorted(order, key=lambda key: sha(f"{draw['seed']}/{draw['word']}/{key}")))
    same("commitment", draw and draw["commitment"], draw and sha(f"{draw['seed']}/{of}"))
    scores, candidates, order, more = select(file, quick)
    rest, waiting = [key for key in candidates if key not in order], file["outcome"]["reserve"]
    same("outcome.reserve", [sorted(waiting), [scores[key] for key in waiting]],
         [sorted(rest), sorted((scores[key] for key in rest), reverse=True)])
    same("outcome", file["outcome"], {"scores": {key: f"{score}/1" for key, score in scores.items()}, "order": order,
         "spent": sum(option["cost"] for option in file["options"] if option["key"] in order),
         "reserve": waiting, "selected": sorted(order), **more})

if __name__ == "__main__":
    try:
        verify(Path(sys.argv[1]).read_bytes(), "--quick" in sys.argv)
    except (ArithmeticError, AttributeError, IndexError, KeyError, OSError, TypeError, ValueError) as error:
        sys.exit(f"{' '.join(sys.argv[1:])}: {error if isinstance(error, ValueError) else repr(error)}")
    print("The result holds.")
