using System.Reflection;

namespace Trainyard.Backends.Tests.Contracts;

/// <summary>A store of which a test decides what each call does, by the method's name and by what it would do.</summary>
public class Intercepted : DispatchProxy
{
    private object _inner = null!;
    private Func<string, Func<object?>, object?> _call = null!;

    public static T Of<T>(T inner, Func<string, Func<object?>, object?> call)
        where T : class
    {
        var proxy = Create<T, Intercepted>();
        var intercepted = (Intercepted)(object)proxy;
        (intercepted._inner, intercepted._call) = (inner, call);
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        _call(
            targetMethod!.Name,
            () => targetMethod.Invoke(_inner, BindingFlags.DoNotWrapExceptions, binder: null, args, culture: null)
        );
}

/// <summary>A process that is killed before one of its calls: neither that nor any later one is made.</summary>
internal sealed class Kill(int before)
{
    private int _count;

    public bool Happened => _count >= before;

    public T In<T>(T store)
        where T : class =>
        Intercepted.Of(
            store,
            (_, go) => Interlocked.Increment(ref _count) >= before ? throw new IOException("killed") : go()
        );
}
