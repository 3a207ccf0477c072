using Azure;

namespace Trainyard.Backends.Azure.Tables;

/// <summary>What answers of the table service mean here.</summary>
internal static class TableErrors
{
    /// <summary>Somebody else was faster: the row is there already, has changed since it was read, or is gone.</summary>
    public static bool IsConflict(RequestFailedException failure) =>
        failure is { Status: 409 or 412 } or { Status: 404, ErrorCode: not "TableNotFound" };
}
