using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Trainyard.Runtime.Triggers.Invocation;

/// <summary>Calls a function's method and gives what it returned, awaited where it is a task.</summary>
internal sealed class FunctionMethodInvoker
{
    private static readonly MethodInfo ResultOfGeneric = typeof(FunctionMethodInvoker).GetMethod(
        nameof(ResultOf),
        BindingFlags.NonPublic | BindingFlags.Static
    )!;

    private readonly MethodInvoker _invoker;
    private readonly ObjectFactory? _factory;
    private readonly Type? _plainType;
    private readonly Func<Task, object?>? _resultOf;

    public FunctionMethodInvoker(MethodInfo method)
    {
        _invoker = MethodInvoker.Create(method);
        _resultOf = ResultReader(method.ReturnType);
        if (method.IsStatic)
        {
            return;
        }
        var type = method.DeclaringType!;
        if (type.GetConstructors() is [var only] && only.GetParameters().Length == 0)
        {
            // Needs no services, so no scope is made for it.
            _plainType = type;
        }
        else
        {
            _factory = ActivatorUtilities.CreateFactory(type, Type.EmptyTypes);
        }
    }

    public async Task<object?> InvokeAsync(EmbeddedFunctionContext context)
    {
        var instance = CreateInstance(context);
        try
        {
            var returned = Call(instance, context);
            if (returned is not Task task)
            {
                return returned;
            }
            await task;
            return _resultOf?.Invoke(task);
        }
        finally
        {
            await DisposeAsync(instance);
        }
    }

    private object? CreateInstance(EmbeddedFunctionContext context) =>
        _plainType is not null
            ? Activator.CreateInstance(_plainType)
            : _factory?.Invoke(context.InstanceServices, arguments: null);

    private object? Call(object? instance, EmbeddedFunctionContext context)
    {
        var binders = context.Function.Binders;
        var arguments = new object?[binders.Length];
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = binders[i](context);
        }
        return _invoker.Invoke(instance, arguments.AsSpan());
    }

    private static ValueTask DisposeAsync(object? instance)
    {
        if (instance is IAsyncDisposable asynchronous)
        {
            return asynchronous.DisposeAsync();
        }
        (instance as IDisposable)?.Dispose();
        return ValueTask.CompletedTask;
    }

    private static Func<Task, object?>? ResultReader(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>)
            ? ResultOfGeneric.MakeGenericMethod(type.GetGenericArguments()).CreateDelegate<Func<Task, object?>>()
            : null;

    private static object? ResultOf<T>(Task task) => ((Task<T>)task).Result;
}
