namespace Trainyard.Cli.Streams;

/// <summary>Whoever read standard output has gone, as <c>head</c> does: there is nobody left to tell anything.</summary>
internal sealed class OutputClosedException() : IOException("Nobody reads standard output any more.");
