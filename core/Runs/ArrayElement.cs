using System.Text;
using Trainyard.Contracts.Runs;

namespace Trainyard.Core.Runs;

/// <summary>The element of an array that a run is.</summary>
public sealed record ArrayElement
{
    /// <summary>The id of the array's record.</summary>
    public required RunId ArrayId { get; init; }

    /// <summary>From 0.</summary>
    public required int Index { get; init; }

    /// <summary>How many elements the array has.</summary>
    public required int Count { get; init; }

    /// <summary>The variables that make it differ from the others.</summary>
    public required SortedDictionary<string, string> Values { get; init; }

    /// <summary>The id of the run. Deterministic, so that an element that is started twice is one run.</summary>
    /// <remarks>Without an underscore: clients of 2018 read one as a run without a log.</remarks>
    public static RunId IdOf(RunId array, int index)
    {
        for (var salt = 0; ; salt++)
        {
            var id = RunId.FromSeed(Encoding.ASCII.GetBytes($"{array}/{index}/{salt}"));
            if (!id.ToString().Contains('_'))
            {
                return id;
            }
        }
    }

    /// <summary>The values as text: <c>LR=0.1 SEED=2</c>.</summary>
    public override string ToString() => string.Join(' ', Values.Select(value => $"{value.Key}={value.Value}"));
}
