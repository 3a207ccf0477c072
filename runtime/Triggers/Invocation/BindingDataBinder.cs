using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Trainyard.Runtime.Triggers.Invocation;

/// <summary>Fills a parameter from the binding data of its own name: a route value, a placeholder.</summary>
internal static class BindingDataBinder
{
    public static ParameterBinder? Create(ParameterInfo parameter)
    {
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        if (ConverterTo(type) is not { } convert)
        {
            return null;
        }
        var name = parameter.Name!;
        var missing = MissingValueOf(parameter);
        return context =>
            context.BindingContext.BindingData.TryGetValue(name, out var value) && value is not null
                ? Convert(name, value, convert)
                : missing;
    }

    private static object? Convert(string name, object value, Func<string, object?> convert)
    {
        var text = System.Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        try
        {
            return convert(text);
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw new FormatException($"The value of '{name}' does not have the expected form.", e);
        }
    }

    private static Func<string, object?>? ConverterTo(Type type)
    {
        if (type == typeof(string))
        {
            return static text => text;
        }
        if (type == typeof(Guid))
        {
            return static text => Guid.Parse(text, CultureInfo.InvariantCulture);
        }
        if (type == typeof(DateTime))
        {
            return static text => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
        }
        if (type == typeof(DateTimeOffset))
        {
            return static text => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
        }
        // As the real worker does: numbers and booleans are read as JSON.
        return type.IsPrimitive || type == typeof(decimal) ? text => JsonSerializer.Deserialize(text, type) : null;
    }

    private static object? MissingValueOf(ParameterInfo parameter)
    {
        if (parameter.HasDefaultValue)
        {
            return parameter.DefaultValue;
        }
        return parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType) : null;
    }
}
