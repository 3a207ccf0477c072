using System.Runtime.InteropServices;

namespace Trainyard.Manifests.Problems;

/// <summary>A place in the text; line and column count from 1, the index from 0.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Mark(int Line, int Column, int Index)
{
    public static Mark Start { get; } = new(1, 1, 0);
}
