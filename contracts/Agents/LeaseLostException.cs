using Trainyard.Contracts.Runs;

namespace Trainyard.Contracts.Agents;

/// <summary>The lease is not the caller's any more.</summary>
public sealed class LeaseLostException(RunId id, int attempt)
    : InvalidOperationException($"The lease of {id}, attempt {attempt}, is not held by this caller.");
