using System.Xml.Linq;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Trainyard.Backends.Azure.Blobs;

namespace Trainyard.Backends.Azure.Secrets;

/// <summary>
/// Keeps Data Protection's keys as the elements of one XML blob. Several instances of the service may add keys at once: a
/// write fails if the blob changed since it was read, and is retried.
/// </summary>
internal sealed class BlobKeyRepository(BlobClient blob) : IXmlRepository
{
    private const int MostTries = 10;
    private const string RootName = "repository";

    public IReadOnlyCollection<XElement> GetAllElements() => [.. Read().Root.Elements()];

    public void StoreElement(XElement element, string friendlyName)
    {
        for (var tries = 1; ; tries++)
        {
            var (root, condition) = Read();
            root.Add(element);
            try
            {
                blob.Upload(
                    new BinaryData(root.ToString()).ToStream(),
                    new BlobUploadOptions { Conditions = condition }
                );
                return;
            }
            catch (RequestFailedException e) when (e.Status is 409 or 412 && tries < MostTries)
            {
                // Another instance has added a key: read the blob again.
            }
        }
    }

    private (XElement Root, BlobRequestConditions Condition) Read()
    {
        try
        {
            BlobDownloadResult read = blob.DownloadContent();
            return (XElement.Parse(read.Content.ToString()), new() { IfMatch = read.Details.ETag });
        }
        catch (RequestFailedException e) when (BlobErrors.IsMissing(e))
        {
            return (new XElement(RootName), new() { IfNoneMatch = ETag.All });
        }
    }
}
