namespace Trainyard.Contracts;

/// <summary>The array that a run is, or is an element of.</summary>
public sealed record RunArrayResource
{
    /// <summary>The array's id.</summary>
    public required string Guid { get; init; }

    /// <summary>How many runs it has.</summary>
    public required int Count { get; init; }

    /// <summary>The index of this run, from 0; left out of the array itself.</summary>
    public int? Index { get; init; }

    /// <summary>The variables of this run; left out of the array itself.</summary>
    public IReadOnlyDictionary<string, string>? Values { get; init; }

    /// <summary>The variables and the values of each; of the array itself only.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Variables { get; init; }

    /// <summary>How many of its runs are in which state; of the array itself only.</summary>
    public RunArrayStatesResource? States { get; init; }
}

public sealed record RunArrayStatesResource(int Pending, int Running, int Completed, int Error, int Canceled);
