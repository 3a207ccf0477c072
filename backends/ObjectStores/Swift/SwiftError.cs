using System.Net;
using Trainyard.Backends.ObjectStores.Answers;

namespace Trainyard.Backends.ObjectStores.Swift;

/// <summary>Thrown for an answer without a success status.</summary>
internal sealed class SwiftError(StoreAnswer answer) : Exception($"The store answered {answer}.")
{
    public StoreAnswer Answer { get; } = answer;

    public HttpStatusCode Status => Answer.Status;

    public static StoreAnswer? AnswerOf(Exception e) => (e as SwiftError)?.Answer;
}
