using Azure;

namespace Trainyard.Backends.Azure.Tables;

/// <summary>Classifies error answers of Azure Table Storage.</summary>
internal static class TableErrors
{
    /// <summary>
    /// Whether another writer was faster: the row exists already, changed since it was read, or is gone.
    /// </summary>
    public static bool IsConflict(RequestFailedException failure) =>
        failure is { Status: 409 or 412 } or { Status: 404, ErrorCode: not "TableNotFound" };
}
