namespace Trainyard.Chaos.Sharing;

/// <summary>
/// How the owners shared the GPUs as long as each of them had runs that had never begun: whoever has none left cannot have
/// its share.
/// </summary>
internal sealed class OwnerShares
{
    private readonly Dictionary<string, double> _seconds;

    /// <param name="uses">What the hosts wrote down.</param>
    /// <param name="owners">The owner of each run.</param>
    public OwnerShares(IReadOnlyList<GpuUse> uses, IReadOnlyDictionary<string, string> owners)
    {
        var begun = uses.GroupBy(use => use.RunId)
            .Select(run => (Owner: owners[run.Key], At: run.Min(use => use.Begin)));
        Until = begun.GroupBy(run => run.Owner).Select(own => own.Max(run => run.At)).DefaultIfEmpty().Min();
        _seconds = SecondsBefore(Until, uses, owners);
        AllSeconds = uses.Sum(use => use.SecondsBefore(double.MaxValue));
        Seconds = _seconds.Values.Sum();
    }

    /// <summary>When the first owner's last run began, in seconds since 1970.</summary>
    public double Until { get; }

    /// <summary>The GPU seconds of all owners until then.</summary>
    public double Seconds { get; }

    /// <summary>The GPU seconds of all owners from beginning to end.</summary>
    public double AllSeconds { get; }

    /// <summary>The part of an owner.</summary>
    public double Of(string owner) => _seconds.GetValueOrDefault(owner) / Math.Max(1, Seconds);

    public static Dictionary<string, double> SecondsBefore(
        double time,
        IReadOnlyList<GpuUse> uses,
        IReadOnlyDictionary<string, string> owners
    ) =>
        uses.GroupBy(use => owners[use.RunId])
            .ToDictionary(own => own.Key, own => own.Sum(use => use.SecondsBefore(time)));
}
