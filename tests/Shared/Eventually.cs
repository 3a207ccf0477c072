using System.Diagnostics;

namespace Trainyard.Tests.Shared;

/// <summary>Waits for what can be seen, with a deadline: for processes and servers that give no event to await.</summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>Asks until the answer is not null.</summary>
    /// <exception cref="TimeoutException">There was none in time; says what was awaited and how it stood.</exception>
    public static async Task<T> Get<T>(string what, Func<Task<T?>> ask, TimeSpan within, Func<string>? state = null)
        where T : class
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            if (await ask() is { } answer)
            {
                return answer;
            }

            if (watch.Elapsed > within)
            {
                throw new TimeoutException($"Not within {within.TotalSeconds:0.#} s: {what}. {state?.Invoke()}");
            }

            await Task.Delay(Pause);
        }
    }

    /// <summary>Asks until the answer is yes.</summary>
    /// <exception cref="TimeoutException">It was not yes in time.</exception>
    public static Task Be(string what, Func<Task<bool>> ask, TimeSpan within, Func<string>? state = null) =>
        Get(what, async () => await ask() ? what : null, within, state);

    /// <inheritdoc cref="Be(string, Func{Task{bool}}, TimeSpan, Func{string}?)"/>
    public static Task Be(string what, Func<bool> ask, TimeSpan within, Func<string>? state = null) =>
        Be(what, () => Task.FromResult(ask()), within, state);
}
