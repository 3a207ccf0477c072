using System.Runtime.InteropServices;

namespace Trainyard.Core.Search;

/// <summary>
/// Asynchronous successive halving (ASHA) with early stopping: at each rung (a number of steps that grows by a
/// factor), a point continues only while its loss is among the best fraction of all points that reached the rung.
/// </summary>
/// <param name="minSteps">The first rung.</param>
/// <param name="factor">One in this many points that reach a rung continues.</param>
public sealed class SuccessiveHalving(long minSteps, int factor)
{
    /// <summary>Whether a point should stop, according to the losses so far.</summary>
    /// <param name="own">Its losses, ordered by step.</param>
    /// <param name="others">The losses of every other point, running or ended.</param>
    public bool ShouldStop(IReadOnlyList<StepLoss> own, IReadOnlyCollection<IReadOnlyList<StepLoss>> others)
    {
        if (own.Count == 0)
        {
            return false;
        }
        var reached = own.Max(s => s.Step);
        for (var rung = minSteps; rung <= reached; rung = checked(rung * factor))
        {
            if (At(own, rung) is { } loss && !IsAmongBest(loss, rung, others))
            {
                return true;
            }
            if (rung > long.MaxValue / factor)
            {
                break;
            }
        }
        return false;
    }

    private bool IsAmongBest(double loss, long rung, IReadOnlyCollection<IReadOnlyList<StepLoss>> others)
    {
        var seen = others.Select(o => At(o, rung)).OfType<double>().Append(loss).Order().ToList();
        // With fewer points than the factor there is no choice to make yet.
        return seen.Count < factor || loss <= seen[(seen.Count / factor) - 1];
    }

    /// <summary>The best loss of a point up to a rung; null when the point did not reach it.</summary>
    private static double? At(IReadOnlyList<StepLoss> steps, long rung)
    {
        double? best = null;
        var isThere = false;
        foreach (var step in steps)
        {
            if (step.Step > rung && isThere)
            {
                break;
            }
            best = Math.Min(best ?? double.PositiveInfinity, step.Loss);
            isThere |= step.Step >= rung;
        }
        return isThere ? best : null;
    }
}

/// <summary>The loss of a point at a step of its training; lower is better.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct StepLoss(long Step, double Loss);
