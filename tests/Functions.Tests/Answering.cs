using System.Reflection;

namespace Trainyard.Functions.Tests;

/// <summary>
/// A fake store: every call completes or fails like the given task, and returns the default of its result type.
/// </summary>
public class Answering : DispatchProxy
{
    private static readonly MethodInfo After = typeof(Answering).GetMethod(
        nameof(AfterAsync),
        BindingFlags.NonPublic | BindingFlags.Static
    )!;

    private Task _end = Task.CompletedTask;

    public static T With<T>(Task end)
        where T : class
    {
        var proxy = Create<T, Answering>();
        ((Answering)(object)proxy)._end = end;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod!.ReturnType.IsGenericType
            ? After.MakeGenericMethod(targetMethod.ReturnType.GetGenericArguments()).Invoke(null, [_end])
            : _end;

    private static async Task<T?> AfterAsync<T>(Task end)
    {
        await end;
        return default;
    }
}
