using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Trainyard.Runtime.Triggers.Invocation;

namespace Trainyard.Runtime.Triggers.Discovery;

/// <summary>Finds every method with <see cref="FunctionAttribute"/> and reports all mistakes.</summary>
internal static class FunctionScanner
{
    private const BindingFlags AllDeclared =
        BindingFlags.Public
        | BindingFlags.NonPublic
        | BindingFlags.Instance
        | BindingFlags.Static
        | BindingFlags.DeclaredOnly;

    /// <exception cref="FunctionsStartupException">Some function cannot run as written.</exception>
    public static IReadOnlyList<DiscoveredFunction> Scan(IEnumerable<Type> types)
    {
        var mistakes = new List<string>();
        var functions = new List<DiscoveredFunction>();
        foreach (var (method, name) in types.SelectMany(MethodsOf))
        {
            if (FunctionReader.Read(name, method, mistakes) is { } function)
            {
                functions.Add(function);
            }
        }
        mistakes.AddRange(DuplicatesAmong(functions));
        return mistakes.Count == 0 ? functions : throw new FunctionsStartupException(mistakes);
    }

    private static IEnumerable<(MethodInfo Method, string Name)> MethodsOf(Type type)
    {
        // Compiler-made types (closures, state machines) are many and never hold functions.
        if (type.Name.StartsWith('<') || !(type.IsClass || type.IsValueType))
        {
            yield break;
        }
        foreach (var method in type.GetMethods(AllDeclared))
        {
            if (
                method.IsDefined(typeof(FunctionAttribute), inherit: false)
                && method.GetCustomAttribute<FunctionAttribute>() is { } attribute
            )
            {
                yield return (method, attribute.Name);
            }
        }
    }

    private static IEnumerable<string> DuplicatesAmong(List<DiscoveredFunction> functions) =>
        functions
            .GroupBy(function => function.Name, StringComparer.OrdinalIgnoreCase)
            .Where(group => group.Count() > 1)
            .Select(group =>
                $"The function name '{group.Key}' is used more than once: "
                + $"{string.Join(", ", group.Select(function => function.EntryPoint))}."
            );
}
