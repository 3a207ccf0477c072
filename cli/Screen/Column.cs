namespace Trainyard.Cli.Screen;

/// <summary>A column of a table: its heading, and how wide it is at least.</summary>
internal sealed record Column(string Heading, int Width = 0);
