using Trainyard.Core.Stores;

namespace Trainyard.Backends.ObjectStores.Files;

/// <summary>Maps file system errors to failures of the store. Messages never contain the host's paths.</summary>
internal static class FileErrors
{
    public static async Task<T> MapAsync<T>(string name, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (Failure(e) is { } failure)
        {
            throw new ObjectStoreException(failure, $"{Sentence(failure)}: '{name}'.", e);
        }
    }

    private static ObjectStoreFailure? Failure(Exception e) =>
        e switch
        {
            ObjectStoreException => null,
            FileNotFoundException or DirectoryNotFoundException => ObjectStoreFailure.ObjectNotFound,
            UnauthorizedAccessException => ObjectStoreFailure.Forbidden,
            PathTooLongException => ObjectStoreFailure.Invalid,
            IOException when InsufficientStorageException.IsMeantBy(e) => ObjectStoreFailure.DiskFull,
            IOException => ObjectStoreFailure.Unavailable,
            _ => null,
        };

    private static string Sentence(ObjectStoreFailure failure) =>
        failure switch
        {
            ObjectStoreFailure.ObjectNotFound => "Not in the file store",
            ObjectStoreFailure.Forbidden => "The service may not use this in its file store",
            ObjectStoreFailure.DiskFull => "The disk of the service's file store is full",
            ObjectStoreFailure.Invalid => "Too long for a file store",
            _ => "The file store failed",
        };
}
