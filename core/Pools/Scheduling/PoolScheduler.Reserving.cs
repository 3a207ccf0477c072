namespace Trainyard.Core.Pools.Scheduling;

/// <content>The nodes that are kept for large runs.</content>
public sealed partial class PoolScheduler
{
    // Reserves for large runs that come before the next one but have no room, so that they do not starve.
    private bool ReserveBefore(RunGroup next, long now)
    {
        var before = _reservations.All.Count;
        // A small run takes the next free room, so its node classes must not be reserved for runs behind it.
        _claimed.Clear();
        var looked = 0;
        foreach (var owner in _waiting.ByTurn)
        {
            if (OwnerAccount.ByTurn.Compare(owner, next.Owner) > 0 || looked++ == MostOwnersLookedAt)
            {
                break;
            }
            if (owner.Reservations < ReservationsPerOwner && FirstBefore(owner, next) is { } first)
            {
                ReserveUnlessClaimed(first, now);
            }
        }
        return _reservations.All.Count > before;
    }

    // Of the nodes that could take such a run only a part is kept free.
    private bool MayReserve(NeedShape shape)
    {
        var (present, kept) = (0, 0);
        foreach (var fit in shape.AbleClasses(_classes))
        {
            present += fit.Class.Present;
            kept += fit.Class.Kept;
        }
        return kept <= present / NodesPerReservation;
    }

    private void ReserveUnlessClaimed(RunGroup group, long now)
    {
        var able = group.Shape.AbleClasses(_classes);
        var isLarge = IsLarge(group.Shape);
        foreach (var fit in able)
        {
            if (!isLarge)
            {
                _claimed.Add(fit.Class);
            }
            else if (_claimed.Contains(fit.Class))
            {
                return;
            }
        }
        if (isLarge && MayReserve(group.Shape))
        {
            Reserve(group, now);
        }
    }

    // The owner's first run without a reservation, if it comes before the next one.
    private RunGroup? FirstBefore(OwnerAccount owner, RunGroup next)
    {
        RunGroup? first = null;
        var mayBeGang = _reservations.GangCount <= _there / NodesPerGang;
        foreach (var group in owner.Groups)
        {
            if (
                group.First!.Reservation is null
                && (group.Shape.Nodes == 1 || mayBeGang)
                && (first is null || PendingRun.ByPriority.Compare(group.First, first.First) < 0)
                && _owners.IsWithinLimits(group)
                && _owners.IsWithinLimits(group.Shape)
            )
            {
                first = group;
            }
        }
        return first is not null && owner == next.Owner && PendingRun.ByPriority.Compare(first.First, next.First) >= 0
            ? null
            : first;
    }

    private bool IsLarge(NeedShape shape) =>
        shape.Nodes > 1 || (shape.AbleClasses(_classes) is { Count: > 0 } able && able.All(fit => fit.IsLarge));

    private void Reserve(RunGroup group, long now)
    {
        if (group.First!.Reservation is null && _reservations.Make(group.First, now) is { } made)
        {
            AskAgain(made.Nodes);
        }
    }

    private void Release(Reservation? reservation)
    {
        if (reservation is null)
        {
            return;
        }
        _reservations.Remove(reservation);
        AskAgain(reservation.Nodes);
    }

    // Moves nodes that ask into the set of reserved nodes, or out of it. A node that has room when it is reserved may not
    // ask again before long, so the run gets it with the next decision.
    private void AskAgain(IReadOnlyList<SchedulerNode> nodes)
    {
        foreach (var node in nodes.Where(node => node.IsAsking))
        {
            node.Class!.StopAsking(node);
            node.Class.StartAsking(node, ++_moment);
            if (node.Reservation is not null)
            {
                _reservedAsked.Add(node);
            }
        }
    }
}
