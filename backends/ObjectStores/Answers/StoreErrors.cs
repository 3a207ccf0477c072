using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using System.Xml;
using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Answers;

/// <summary>
/// Maps failures of any store to <see cref="ObjectStoreException"/>. Messages are built from the answer's code alone,
/// because a server's own text can repeat the key or the signature of the request.
/// </summary>
internal static class StoreErrors
{
    /// <summary>
    /// Calls a store. <paramref name="readAnswer"/> recognizes the library's own exceptions and returns the store's
    /// answer behind them, if there was one. <paramref name="missing"/> is what a store misses that says no more than
    /// "not found".
    /// </summary>
    public static async Task<T> MapAsync<T>(
        string what,
        Func<Exception, StoreAnswer?> readAnswer,
        Func<CancellationToken, Task<T>> work,
        CancellationToken cancellationToken,
        bool isContent = false,
        ObjectStoreFailure missing = ObjectStoreFailure.ObjectNotFound
    )
    {
        var call = StoreCall.Begin(isContent);
        try
        {
            return await work(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && IsOfStore(e, readAnswer))
        {
            throw ToStoreError(e, AnswerOf(e, readAnswer, call), what, missing);
        }
    }

    /// <summary>An answer of success that is no list, such as a page of a portal or of a proxy.</summary>
    public static ObjectStoreException NotAList(string bucket) =>
        new(
            ObjectStoreFailure.Invalid,
            $"What the store says is the list of bucket '{bucket}' is none: does its address lead to something else?"
        );

    /// <summary>Maps a failure in the middle of reading an answer.</summary>
    public static ObjectStoreException WhileReading(Exception e, string what) =>
        ToStoreError(e, answer: null, what, ObjectStoreFailure.ObjectNotFound);

    /// <summary>
    /// Whether an exception is a failure of the store. A cancellation that the caller did not request counts, because
    /// it is a timeout.
    /// </summary>
    public static bool IsOfNetwork(Exception e) =>
        e is HttpRequestException or IOException or SocketException or OperationCanceledException
        || Within<ObjectStoreException>(e) is not null;

    private static bool IsOfStore(Exception e, Func<Exception, StoreAnswer?> readAnswer) =>
        IsOfNetwork(e)
        || IsUnreadable(e)
        || readAnswer(e) is not null
        || (e.InnerException is { } inner && IsOfStore(inner, readAnswer));

    // What libraries throw for an answer that is not of their protocol: numbers, times and addresses that are none,
    // another kind of document.
    private static bool IsUnreadable(Exception e) =>
        e is FormatException or OverflowException or XmlException or JsonException
        || (e is ArgumentException or NullReferenceException && IsOfLibrary(e))
        || (e.InnerException is { } inner && IsUnreadable(inner));

    // Thrown by the library itself: the arguments and the nulls are those of an answer that it did not expect.
    private static bool IsOfLibrary(Exception e) =>
        e.Source is { } assembly
        && (
            assembly.StartsWith("AWSSDK.", StringComparison.Ordinal)
            || assembly.StartsWith("Azure.", StringComparison.Ordinal)
        );

    // Prefers the refusal seen on the wire, which has more detail; but some stores refuse within an answer of status
    // 200.
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

    private static ObjectStoreException ToStoreError(
        Exception e,
        StoreAnswer? answer,
        string what,
        ObjectStoreFailure missing
    )
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
        failure = failure is ObjectStoreFailure.ObjectNotFound ? missing : failure;
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
        if (Within<AuthenticationException>(e) is { } tls)
        {
            return new(
                ObjectStoreFailure.TlsFailed,
                $"No TLS connection to the store could be made ({TlsFault.Of(tls)}): {what}."
            );
        }
        if (IsUnreadable(e) && Within<IOException>(e) is null && Within<HttpRequestException>(e) is null)
        {
            return new(
                ObjectStoreFailure.Invalid,
                $"What the store answers cannot be understood: {what}. Does its address lead to something else?"
            );
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
