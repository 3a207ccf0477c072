namespace DurableTask.Core.Exceptions;

/// <summary>A replayed orchestrator did something else than its history tells.</summary>
internal sealed class NonDeterministicOrchestrationException(string message) : Exception(message);
