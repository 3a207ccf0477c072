using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Trainyard.Runtime.Tests.ApiGuard;

/// <summary>Writes types and members the way C# does, with full names.</summary>
internal static class ApiText
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(double)] = "double",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };

    public static string Describe(Type type)
    {
        var bases = BasesOf(type).ToList();
        var text = $"{KindOf(type)} {NameOf(type)}";
        text += typeof(Delegate).IsAssignableFrom(type) ? " = " + Signature(type.GetMethod("Invoke")!) : "";
        return text
            + (bases.Count == 0 ? "" : " : " + string.Join(", ", bases))
            + Constraints(type.GetGenericArguments());
    }

    public static string Describe(MemberInfo member) =>
        member switch
        {
            FieldInfo field => Describe(field),
            PropertyInfo property => Describe(property),
            EventInfo added => $"event {NameOf(added.EventHandlerType!)} {added.Name}",
            ConstructorInfo constructor => $"{Modifiers(constructor)}new{Parameters(constructor)}",
            MethodInfo method => $"{Modifiers(method)}{Signature(method, method.Name)}{Constraints(method)}",
            _ => throw new ArgumentException($"{member} has no text.", nameof(member)),
        };

    public static string NameOf(Type type)
    {
        if (Keywords.TryGetValue(type, out var keyword))
        {
            return keyword;
        }

        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        if (type.IsArray)
        {
            return NameOf(type.GetElementType()!) + "[]";
        }

        if (type.IsByRef)
        {
            return "ref " + NameOf(type.GetElementType()!);
        }

        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return NameOf(inner) + "?";
        }

        var name = type.IsNested ? $"{NameOf(type.DeclaringType!)}.{type.Name}" : $"{type.Namespace}.{type.Name}";
        var tick = name.IndexOf('`', StringComparison.Ordinal);
        var arguments = string.Join(", ", type.GetGenericArguments().Select(NameOf));
        return tick < 0 ? name : $"{name[..tick]}<{arguments}>";
    }

    private static string KindOf(Type type)
    {
        var kind = type switch
        {
            { IsInterface: true } => "interface",
            { IsEnum: true } => "enum",
            { IsValueType: true } => "struct",
            _ when typeof(Delegate).IsAssignableFrom(type) => "delegate",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsAbstract: true } => "abstract class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };
        return type.GetMethod("<Clone>$") is null ? kind : kind.Replace("class", "record", StringComparison.Ordinal);
    }

    private static IEnumerable<string> BasesOf(Type type)
    {
        if (type.IsEnum || typeof(Delegate).IsAssignableFrom(type))
        {
            return [];
        }

        var parent = type.BaseType is { } known && known != typeof(object) && known != typeof(ValueType) ? known : null;
        var inherited = parent?.GetInterfaces() ?? [];
        var own = type.GetInterfaces().Where(i => i.IsVisible).Except(inherited);
        var direct = own.Except(type.GetInterfaces().SelectMany(i => i.GetInterfaces()));
        return (parent is null ? [] : new[] { parent })
            .Concat(direct.OrderBy(NameOf, StringComparer.Ordinal))
            .Select(NameOf);
    }

    private static string Describe(FieldInfo field)
    {
        var value = field.IsLiteral
            ? " = " + Convert.ToString(field.GetRawConstantValue(), CultureInfo.InvariantCulture)
            : "";
        var kind = field switch
        {
            { IsLiteral: true } => "const ",
            { IsStatic: true } => "static ",
            _ => "",
        };
        return $"{kind}{NameOf(field.FieldType)} {field.Name}{value}";
    }

    private static string Describe(PropertyInfo property)
    {
        var accessors = property.GetAccessors(nonPublic: true).Where(a => a.IsPublic || a.IsFamily).Select(Accessor);
        var nullable = new NullabilityInfoContext().Create(property);
        return $"{Modifiers(property.GetAccessors(nonPublic: true)[0])}{NameOf(nullable)} {property.Name}"
            + $"{(property.GetIndexParameters().Length > 0 ? "[]" : "")} {{ {string.Join(" ", accessors)} }}";
    }

    private static string Accessor(MethodInfo accessor)
    {
        var isInit = accessor.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));
        var verb =
            accessor.ReturnType != typeof(void) ? "get;"
            : isInit ? "init;"
            : "set;";
        return (accessor.IsPublic ? "" : "protected ") + verb;
    }

    private static string Signature(MethodInfo method, string name = "")
    {
        var generic = method.IsGenericMethod
            ? $"<{string.Join(", ", method.GetGenericArguments().Select(NameOf))}>"
            : "";
        var result = NameOf(new NullabilityInfoContext().Create(method.ReturnParameter));
        return $"{result} {name}{generic}{Parameters(method)}";
    }

    private static string Parameters(MethodBase method) =>
        $"({(method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "")}{string.Join(", ", method.GetParameters().Select(Parameter))})";

    private static string Parameter(ParameterInfo parameter)
    {
        var many = parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "";
        var value =
            !parameter.HasDefaultValue ? ""
            : parameter.RawDefaultValue is { } known ? " = " + Convert.ToString(known, CultureInfo.InvariantCulture)
            : " = default";
        return $"{many}{NameOf(new NullabilityInfoContext().Create(parameter))} {parameter.Name}{value}";
    }

    private static string NameOf(NullabilityInfo info)
    {
        var name =
            info.GenericTypeArguments.Length > 0 && Nullable.GetUnderlyingType(info.Type) is null
                ? NameOf(info.Type)[..NameOf(info.Type).IndexOf('<', StringComparison.Ordinal)]
                    + $"<{string.Join(", ", info.GenericTypeArguments.Select(NameOf))}>"
                : NameOf(info.Type);
        var canBeNull = info.ReadState == NullabilityState.Nullable || info.WriteState == NullabilityState.Nullable;
        return canBeNull && !name.EndsWith('?') ? name + "?" : name;
    }

    private static string Modifiers(MethodBase method)
    {
        var access = method.IsPublic ? "" : "protected ";
        var isOverride =
            method is MethodInfo { IsVirtual: true } own && own.GetBaseDefinition().DeclaringType != own.DeclaringType;
        var kind = method switch
        {
            { DeclaringType.IsInterface: true } => "",
            { IsStatic: true } => "static ",
            _ when isOverride => "override ",
            { IsAbstract: true } => "abstract ",
            { IsVirtual: true, IsFinal: false } => "virtual ",
            _ => "",
        };
        return access + kind;
    }

    private static string Constraints(MethodInfo method) =>
        method.IsGenericMethod ? Constraints(method.GetGenericArguments()) : "";

    private static string Constraints(Type[] arguments) =>
        string.Concat(
            arguments
                .Where(argument => argument.IsGenericParameter)
                .Select(argument => (argument.Name, Limits: Limits(argument).ToList()))
                .Where(argument => argument.Limits.Count > 0)
                .Select(argument => $" where {argument.Name} : {string.Join(", ", argument.Limits)}")
        );

    private static IEnumerable<string> Limits(Type argument)
    {
        var flags = argument.GenericParameterAttributes;
        if (flags.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
        {
            yield return "class";
        }

        if (flags.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint))
        {
            yield return "struct";
        }

        foreach (var limit in argument.GetGenericParameterConstraints().Where(limit => limit != typeof(ValueType)))
        {
            yield return NameOf(limit);
        }

        var isValue = flags.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
        if (!isValue && flags.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint))
        {
            yield return "new()";
        }
    }
}
