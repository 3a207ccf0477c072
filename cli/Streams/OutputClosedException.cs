namespace Trainyard.Cli.Streams;

/// <summary>The reader of standard output has closed it, as <c>head</c> does, so no message is needed.</summary>
internal sealed class OutputClosedException() : IOException("Nobody reads standard output any more.");
