using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace Trainyard.Runtime.Triggers.Discovery;

/// <summary>The app's assembly and those it refers to, directly or not, that can hold functions.</summary>
internal static class FunctionAssemblies
{
    private static readonly string ApiName = typeof(FunctionAttribute).Assembly.GetName().Name!;

    // Never hold functions of an app; loading them only to learn that would cost start-up time.
    private static readonly string[] SkippedPrefixes =
    [
        "System.",
        "Microsoft.",
        "netstandard",
        "mscorlib",
        "Trainyard.Runtime.",
        "AWSSDK.",
        "SQLitePCLRaw.",
        "YamlDotNet",
        "Polly.",
    ];

    public static IReadOnlyList<Assembly> ReachableFrom(Assembly root)
    {
        var found = new List<Assembly>();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { root.GetName().Name! };
        var open = new Queue<Assembly>([root]);
        while (open.TryDequeue(out var assembly))
        {
            var references = assembly.GetReferencedAssemblies();
            if (references.Any(reference => reference.Name == ApiName))
            {
                found.Add(assembly);
            }
            foreach (var reference in references.Where(IsCandidate))
            {
                if (seen.Add(reference.Name!))
                {
                    open.Enqueue(Assembly.Load(reference));
                }
            }
        }
        return found;
    }

    private static bool IsCandidate(AssemblyName reference) =>
        !SkippedPrefixes.Any(prefix => reference.Name!.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
