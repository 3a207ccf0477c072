using Trainyard.Contracts.Runs;
using Trainyard.Core.Runs;

namespace Trainyard.Core.Tests.Runs;

public sealed class PhaseTransitionsTests
{
    private static readonly RunPhase[] All = Enum.GetValues<RunPhase>();

    [Fact]
    public void Every_phase_is_in_the_table_and_has_a_state()
    {
        foreach (var phase in All)
        {
            _ = PhaseTransitions.IsAllowed(phase, phase);
            _ = phase.ToState();
        }
    }

    [Fact]
    public void Every_phase_is_reached_from_queued_and_every_walk_can_end()
    {
        Assert.Equal(All.ToHashSet(), ReachableFrom(RunPhase.Queued));
        foreach (var phase in All)
        {
            Assert.Contains(ReachableFrom(phase), p => p.IsTerminal());
        }
    }

    [Fact]
    public void Terminal_phases_are_completed_failed_and_halted_and_are_never_left()
    {
        Assert.Equal([RunPhase.Completed, RunPhase.Failed, RunPhase.Halted], All.Where(p => p.IsTerminal()));
        foreach (var (from, to) in Pairs().Where(p => p.From.IsTerminal()))
        {
            Assert.False(PhaseTransitions.IsAllowed(from, to), $"{from} -> {to}");
        }
    }

    [Fact]
    public void Completed_is_entered_from_storing_only()
    {
        var origins = All.Where(from => PhaseTransitions.IsAllowed(from, RunPhase.Completed));
        Assert.Equal([RunPhase.Storing], origins);
    }

    [Fact]
    public void Moving_a_run_follows_the_table_and_nothing_else()
    {
        foreach (var (from, to) in Pairs())
        {
            var run = Samples.RunIn(from);
            if (PhaseTransitions.IsAllowed(from, to))
            {
                var moved = run.MoveTo(to, RunReason.Succeeded, Samples.Start.AddHours(1));
                Assert.Equal(to, moved.Phase);
                Assert.Equal(run.History.Count + 1, moved.History.Count);
                Assert.Equal(to.IsTerminal() ? Samples.Start.AddHours(1) : null, moved.FinishedAt);
            }
            else
            {
                var refused = Assert.Throws<PhaseTransitionException>(() => run.MoveTo(to, null, Samples.Start));
                Assert.Equal((from, to), (refused.From, refused.To));
            }
        }
    }

    private static IEnumerable<(RunPhase From, RunPhase To)> Pairs() =>
        All.SelectMany(from => All.Select(to => (from, to)));

    private static HashSet<RunPhase> ReachableFrom(RunPhase start)
    {
        var seen = new HashSet<RunPhase> { start };
        var open = new Queue<RunPhase>(seen);
        while (open.TryDequeue(out var phase))
        {
            foreach (var next in All.Where(to => PhaseTransitions.IsAllowed(phase, to) && seen.Add(to)))
            {
                open.Enqueue(next);
            }
        }
        return seen;
    }
}
