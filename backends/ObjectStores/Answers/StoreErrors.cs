using System.Net.Sockets;
using System.Security.Authentication;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Answers;

/// <summary>
/// The failures of any store as <see cref="ObjectStoreException"/>. Messages are made here of the answer's code alone: what
/// a server says at length can repeat the key or the signature it was sent.
/// </summary>
internal static class StoreErrors
{
    /// <summary>
    /// Calls a store. Its library's own exceptions are told apart by <paramref name="readAnswer"/>, which knows what the
    /// store answered with where it did.
    /// </summary>
    public static async Task<T> MapAsync<T>(
        string what,
        Func<Exception, StoreAnswer?> readAnswer,
        Func<CancellationToken, Task<T>> work,
        CancellationToken cancellationToken,
        bool isContent = false
    )
    {
        var call = StoreCall.Begin(isContent);
        try
        {
            return await work(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && IsOfStore(e, readAnswer))
        {
            throw ToStoreError(e, AnswerOf(e, readAnswer, call), what);
        }
    }

    /// <summary>A failure while an answer was read, after it had begun.</summary>
    public static ObjectStoreException WhileReading(Exception e, string what) => ToStoreError(e, answer: null, what);

    /// <summary>Whether an exception is a failure of the store. A cancel counts: it was not asked for, so it is a timeout.</summary>
    public static bool IsOfNetwork(Exception e) =>
        e is HttpRequestException or IOException or SocketException or OperationCanceledException
        || Within<ObjectStoreException>(e) is not null;

    private static bool IsOfStore(Exception e, Func<Exception, StoreAnswer?> readAnswer) =>
        IsOfNetwork(e) || readAnswer(e) is not null || (e.InnerException is { } inner && IsOfStore(inner, readAnswer));

    // What came over the wire knows more than what a library made of it; but some refuse within an answer of 200.
    private static StoreAnswer? AnswerOf(Exception e, Func<Exception, StoreAnswer?> readAnswer, StoreCall call)
    {
        if (readAnswer(e) is not { } told || told.Status == default)
        {
            return null;
        }
        if (call.Refusal is not { } refusal || (refusal.Status != told.Status && (int)told.Status >= 300))
        {
            return told;
        }
        return refusal.Code.Length > 0 ? refusal : refusal with { Code = told.Code };
    }

    private static ObjectStoreException ToStoreError(Exception e, StoreAnswer? answer, string what)
    {
        if (Within<ObjectStoreException>(e) is { } known)
        {
            return known;
        }
        if (answer is null)
        {
            return NoAnswer(e, what);
        }
        var failure = AnswerCodes.FailureOf(answer);
        return new ObjectStoreException(failure, $"{AnswerCodes.SentenceOf(failure, answer)} ({answer}): {what}.")
        {
            Region = answer.Region,
        };
    }

    private static ObjectStoreException NoAnswer(Exception e, string what)
    {
        if (Within<SocketException>(e) is { SocketErrorCode: SocketError.ConnectionRefused })
        {
            return new(
                ObjectStoreFailure.ConnectionRefused,
                $"Nothing listens at the store's address (ConnectionRefused): {what}."
            );
        }
        if (Within<AuthenticationException>(e) is not null)
        {
            return new(ObjectStoreFailure.NotHttps, $"No TLS connection to the store could be made: {what}.");
        }
        var reason = Within<SocketException>(e) is { } socket ? $" ({socket.SocketErrorCode})" : "";
        return new(ObjectStoreFailure.Unavailable, $"The store does not answer{reason}: {what}.");
    }

    private static T? Within<T>(Exception e)
        where T : Exception
    {
        for (var at = e; at is not null; at = at.InnerException)
        {
            if (at is T found)
            {
                return found;
            }
        }
        return null;
    }
}
