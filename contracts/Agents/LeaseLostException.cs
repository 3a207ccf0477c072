using Trainyard.Contracts.Runs;

namespace Trainyard.Contracts.Agents;

/// <summary>Thrown when the caller no longer holds the lease.</summary>
public sealed class LeaseLostException(RunId id, int attempt)
    : InvalidOperationException($"The lease of {id}, attempt {attempt}, is not held by this caller.");
