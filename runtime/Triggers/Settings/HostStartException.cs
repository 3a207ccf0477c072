namespace Trainyard.Runtime.Triggers.Settings;

/// <summary>The host cannot start; the message says why and what to do, for the person who started it.</summary>
public sealed class HostStartException(string message, Exception? inner = null) : Exception(message, inner);
