namespace Trainyard.Cli.Screen;

/// <summary>A column of a table: its heading, how wide it is at least, and whether it may be cut to fit the terminal.</summary>
internal sealed record Column(string Heading, int Width = 0, bool CanShrink = false);
