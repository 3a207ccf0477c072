using Trainyard.Contracts.Agents;
using Trainyard.Core.Pools.Scheduling;

namespace Trainyard.Core.Pools;

/// <content>How the polls of a run's nodes get their leases: all of them or none.</content>
public sealed partial class Dispatcher
{
    // Takes the node's run until the pause is over, including one assigned at the last moment.
    private async Task<Lease?> GivenAsync(
        NodeQuestion question,
        TimeSpan pause,
        INodeLeases leases,
        CancellationToken cancellationToken
    )
    {
        var begun = time.GetTimestamp();
        var late = 0;
        while (true)
        {
            var next = question.Next;
            var left = pause - time.GetElapsedTime(begun);
            var isOver = left <= TimeSpan.Zero || !IsLatest(question);
            var turn = Take(question, isOver);
            if (turn.Lease is { } taken)
            {
                return taken;
            }
            if (turn.Placement is { } placement)
            {
                if (await GiveAsync(placement, question, leases, cancellationToken) is { } lease)
                {
                    return lease;
                }
                // The run was no longer available; the scheduler knows this now, so ask it again.
                if (!isOver || ++late <= MostLateTries)
                {
                    Ask(question);
                }
                continue;
            }
            if (isOver && !turn.IsPending)
            {
                return null;
            }
            await PauseAsync(next, turn.IsPending ? lookAgain : left, cancellationToken);
        }
    }

    // Queues a run again when the node disconnected or the store failed: only this process knows that it was taken.
    private async Task<Lease?> GiveAsync(
        GangPlacement placement,
        NodeQuestion question,
        INodeLeases leases,
        CancellationToken cancellationToken
    )
    {
        IReadOnlyList<Lease>? given = null;
        try
        {
            given = await leases.GiveAsync(
                placement.Decision,
                placement.Offers,
                () => placement.Questions.All(IsLatest),
                // One node that disconnects must not leave the others without an answer.
                placement.Offers.Count == 1
                    ? cancellationToken
                    : CancellationToken.None
            );
        }
        catch
        {
            // If the leases were written despite the error, the next try finds that out.
            Enqueued(question.Offer.Pool, placement.Decision.Run);
            throw;
        }
        finally
        {
            Settle(placement, given);
        }
        return given is null ? null : placement.LeaseOf(question, given);
    }

    private Turn Take(NodeQuestion question, bool isLast)
    {
        lock (_lock)
        {
            if (question.Lease is { } lease)
            {
                question.Lease = null;
                return new Turn(lease, null, IsPending: false);
            }
            if (question.Given is { Taker: null } placement)
            {
                placement.Taker = question;
                return new Turn(null, placement, IsPending: false);
            }
            var isPending = question.Given is not null;
            if (!isPending && isLast && _questions.GetValueOrDefault(question.Offer.Node) == question)
            {
                Of(question.Offer.Pool).StopAsking(question.Offer.Node);
            }
            return new Turn(null, null, isPending);
        }
    }

    // Hands the leases to the other polls, or lets them wait for another run.
    private void Settle(GangPlacement placement, IReadOnlyList<Lease>? given)
    {
        lock (_lock)
        {
            foreach (var question in placement.Questions.Where(question => question.Given == placement))
            {
                question.Given = null;
                if (question == placement.Taker)
                {
                    continue;
                }
                if (given is null)
                {
                    AskOnce(question);
                }
                else
                {
                    question.Lease = placement.LeaseOf(question, given);
                }
                question.Wake();
            }
            if (given is null && placement.Questions.Count > 1)
            {
                Decide(placement.Questions[0].Offer.Pool, Of(placement.Questions[0].Offer.Pool));
            }
        }
    }

    // Puts a decision that nobody has taken back into the queue, for all of its nodes.
    private void Withdraw(NodeQuestion question)
    {
        var pool = Of(question.Offer.Pool);
        pool.StopAsking(question.Offer.Node);
        var given = question.Given;
        question.Given = null;
        if (given is { Taker: null })
        {
            foreach (var other in given.Questions.Where(other => other.Given == given))
            {
                other.Given = null;
                AskOnce(other);
            }
            pool.Enqueue(given.Decision.Run, time.GetUtcNow());
            Decide(question.Offer.Pool, pool);
        }
        question.Wake();
    }

    private void AskOnce(NodeQuestion question)
    {
        if (_questions.GetValueOrDefault(question.Offer.Node) == question && !question.IsRefused)
        {
            Of(question.Offer.Pool).Ask(question.Offer.Node, NodeOffers.Free(question.Offer));
        }
    }

    private void Decide(string name, PoolScheduler pool)
    {
        while (true)
        {
            var isComplete = true;
            foreach (var decision in pool.Decide(time.GetUtcNow()))
            {
                isComplete &= TryAssign(name, pool, decision);
            }
            if (isComplete)
            {
                return;
            }
        }
    }

    // False if some of the nodes do not wait any more: the others are asked about again, without those.
    private bool TryAssign(string name, PoolScheduler pool, PlacementDecision decision)
    {
        var questions = decision
            .Nodes.Select(node => _questions.GetValueOrDefault(node))
            .OfType<NodeQuestion>()
            .Where(question => question.Offer.Pool == name)
            .ToList();
        var offers = decision.Nodes.Select(node => OfferOf(name, node)).OfType<NodeOffer>().ToList();
        if (questions.Count > 0 && offers.Count == decision.Nodes.Count)
        {
            var placement = new GangPlacement(decision, questions, offers);
            foreach (var question in questions)
            {
                question.Given = placement;
                question.Wake();
            }
            return true;
        }
        pool.Enqueue(decision.Run, time.GetUtcNow());
        questions.ForEach(AskOnce);
        return questions.Count == 0;
    }

    /// <summary>The result of one look of a poll: a lease, a run to lease, or neither.</summary>
    /// <param name="IsPending">Whether another poll is just taking the leases of this one's run.</param>
    private sealed record Turn(Lease? Lease, GangPlacement? Placement, bool IsPending);
}
