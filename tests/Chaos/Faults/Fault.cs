using Trainyard.Chaos.World;

namespace Trainyard.Chaos.Faults;

/// <summary>Something that goes wrong and, after a while, is right again.</summary>
/// <param name="Name">For the report.</param>
/// <param name="Weight">How often it comes, against the others.</param>
/// <param name="Begin">Makes it wrong.</param>
/// <param name="End">Makes it right again.</param>
/// <param name="Longest">How long it lasts at most.</param>
internal sealed record Fault(string Name, int Weight, Action<Yard, Random> Begin, Action<Yard> End, TimeSpan Longest);
