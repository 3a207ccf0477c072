namespace Trainyard.Cli.Streams;

/// <summary>Standard output takes nothing, as on a full disk.</summary>
internal sealed class OutputFailedException(string why) : IOException(why);
