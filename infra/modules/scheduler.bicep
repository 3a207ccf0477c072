metadata description = 'The Durable Task Scheduler, in which orchestrations are kept instead of in the storage account: the managed service, one task hub, and the function app\'s right to it.'

@description('The region. Must offer the Durable Task Scheduler.')
@minLength(3)
param location string

@description('Written on every resource.')
param tags { *: string }

@description('Begins the names.')
@minLength(3)
@maxLength(10)
param namePrefix string

@description('Name of the scheduler.')
@minLength(3)
@maxLength(64)
param schedulerName string

@description('Names the durable task hub.')
@minLength(3)
@maxLength(45)
param taskHubName string

@description('How it is paid for: by the action, or by the unit of capacity.')
@allowed(['Consumption', 'Dedicated'])
param sku string

@description('Units of capacity of a dedicated scheduler; with three it is kept in several zones.')
@minValue(1)
@maxValue(3)
param capacity int

@description('Name of the function app\'s identity.')
@minLength(3)
@maxLength(128)
param functionsName string

@description('Client id of the function app\'s identity.')
@minLength(36)
@maxLength(36)
param functionsClientId string

@description('The network that shall find the scheduler.')
@minLength(1)
param networkId string

@description('The subnet of the private endpoints.')
@minLength(1)
param subnetId string

var durableTaskDataContributor = '0ad04412-c4d5-4796-b79c-f76d14c8d402'

resource functions 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = { name: functionsName }

resource scheduler 'Microsoft.DurableTask/schedulers@2026-02-01' = {
  name: schedulerName
  location: location
  tags: tags
  properties: {
    // Capacity is a word of the dedicated one alone.
    sku: sku == 'Dedicated' ? { name: sku, capacity: capacity } : { name: sku }
    publicNetworkAccess: 'Disabled'
    // Nobody, should the public door ever be opened.
    ipAllowlist: []
  }

  resource hub 'taskHubs' = { name: taskHubName }
}

resource functionsOnHub 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(scheduler::hub.id, functions.id, durableTaskDataContributor)
  scope: scheduler::hub
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', durableTaskDataContributor)
    principalId: functions.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

module endpoint 'endpoint.bicep' = {
  params: {
    location: location
    tags: tags
    namePrefix: namePrefix
    networkId: networkId
    subnetId: subnetId
    group: 'scheduler'
    zoneName: 'privatelink.durabletask.io'
    targetId: scheduler.id
  }
}

@description('How the function app finds its task hub and who it is there; no secret is in it.')
output hubConnection string = 'Endpoint=${scheduler.properties.endpoint};TaskHub=${scheduler::hub.name};Authentication=ManagedIdentity;ClientID=${functionsClientId}'
