namespace Trainyard.Cli.Streams;

/// <summary>Standard output cannot be written, for example on a full disk.</summary>
internal sealed class OutputFailedException(string why) : IOException(why);
