using System.Reflection;
using System.Runtime.CompilerServices;

namespace Trainyard.Runtime.Tests.ApiGuard;

/// <summary>
/// An assembly's public surface as lines of text, one for each type and each member: enough that two assemblies with
/// the same lines compile the same callers.
/// </summary>
public static class PublicApi
{
    private const BindingFlags Declared =
        BindingFlags.Public
        | BindingFlags.NonPublic
        | BindingFlags.Instance
        | BindingFlags.Static
        | BindingFlags.DeclaredOnly;

    public static IEnumerable<string> Of(Assembly assembly) =>
        assembly.GetExportedTypes().SelectMany(Of).Order(StringComparer.Ordinal);

    public static IEnumerable<string> Of(Type type)
    {
        yield return ApiText.Describe(type);
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            yield break;
        }

        foreach (var member in type.GetMembers(Declared).Where(IsVisible))
        {
            yield return $"{ApiText.NameOf(type)}: {ApiText.Describe(member)}";
        }
    }

    private static bool IsVisible(MemberInfo member) =>
        !member.IsDefined(typeof(CompilerGeneratedAttribute))
        && member switch
        {
            Type => false,
            FieldInfo field => !field.IsSpecialName && (field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly),
            PropertyInfo property => property.GetAccessors(nonPublic: true).Any(IsVisible),
            EventInfo added => IsVisible(added.AddMethod!),
            MethodInfo { IsSpecialName: true } method => method.Name.StartsWith("op_", StringComparison.Ordinal)
                && IsVisible((MethodBase)method),
            MethodBase method => IsVisible(method),
            _ => false,
        };

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;
}
