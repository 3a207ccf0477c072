using System.Runtime.InteropServices;

namespace Trainyard.Core.Search;

/// <summary>
/// Asynchronous successive halving (ASHA) that stops: at each rung, a number of steps that grows by a factor, a point goes on
/// only while what it has is among the best of that share of all that came to the rung.
/// </summary>
/// <param name="minSteps">The first rung.</param>
/// <param name="factor">Of this many that come to a rung one goes on.</param>
public sealed class SuccessiveHalving(long minSteps, int factor)
{
    /// <summary>Whether a point should stop, by what the points had so far.</summary>
    /// <param name="own">Its losses by step, in their order.</param>
    /// <param name="others">Those of every other point, under way or ended.</param>
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
        // With fewer than the factor there is nothing to choose from.
        return seen.Count < factor || loss <= seen[(seen.Count / factor) - 1];
    }

    /// <summary>The best that a point had when it came to the rung; null where it did not.</summary>
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

/// <summary>What a point had at a step of its training, less being better.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct StepLoss(long Step, double Loss);
