using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace Trainyard.Runtime.Triggers.Discovery;

/// <summary>
/// The app's assembly and those it refers to, directly or not, that can hold functions. Only assemblies whose names begin
/// with the same word are looked at: to load a package's only to learn that it holds none would cost start-up time.
/// </summary>
internal static class FunctionAssemblies
{
    private static readonly string ApiName = typeof(FunctionAttribute).Assembly.GetName().Name!;

    // This host itself; its types are no functions of an app.
    private const string HostPrefix = "Trainyard.Runtime.";

    public static IReadOnlyList<Assembly> ReachableFrom(Assembly root)
    {
        var found = new List<Assembly>();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { root.GetName().Name! };
        var open = new Queue<Assembly>([root]);
        var family = root.GetName().Name!.Split('.')[0] + ".";
        while (open.TryDequeue(out var assembly))
        {
            var references = assembly.GetReferencedAssemblies();
            if (references.Any(reference => reference.Name == ApiName))
            {
                found.Add(assembly);
            }
            foreach (var reference in references.Where(reference => IsCandidate(reference.Name!, family)))
            {
                if (seen.Add(reference.Name!))
                {
                    open.Enqueue(Assembly.Load(reference));
                }
            }
        }
        return found;
    }

    private static bool IsCandidate(string name, string family) =>
        name.StartsWith(family, StringComparison.OrdinalIgnoreCase)
        && !name.StartsWith(HostPrefix, StringComparison.OrdinalIgnoreCase);
}
